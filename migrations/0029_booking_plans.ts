import type { Knex } from 'knex';

/**
 * Writes plans of changes of bookings: of many people in one statement. What is to be done was decided before, from what was read then;
 * here is only looked whether it is still so, and whether there are seats.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE FUNCTION booking_seats_fit(p jsonb, accepted int[]) RETURNS boolean LANGUAGE sql STABLE AS $$
      SELECT NOT EXISTS (
        SELECT 1 FROM (
          SELECT r.slot, r.channel, sum(r.more) AS more
            FROM jsonb_to_recordset(p -> 'seats') AS r(n int, slot uuid, channel text, more int)
           WHERE r.n = ANY (accepted) GROUP BY 1, 2
        ) d LEFT JOIN slot_quota q ON q.slot_id = d.slot AND q.channel = d.channel
        WHERE d.more > 0 AND (q.taken + d.more <= q.capacity) IS NOT TRUE
      ) AND NOT EXISTS (
        SELECT 1 FROM (
          SELECT r.slot, r.channel, r.code, sum(r.more) AS more, min(r.percent) AS percent
            FROM jsonb_to_recordset(p -> 'shares') AS r(n int, slot uuid, channel text, code text, more int, percent int)
           WHERE r.n = ANY (accepted) GROUP BY 1, 2, 3
        ) d JOIN slot_quota q ON q.slot_id = d.slot AND q.channel = d.channel
        LEFT JOIN slot_share h ON h.slot_id = d.slot AND h.channel = d.channel AND h.code = d.code
        WHERE d.more > 0 AND coalesce(h.taken, 0) + d.more > q.capacity * d.percent / 100
      )
    $$;
    COMMENT ON FUNCTION booking_seats_fit IS 'whether the seats that these plans take, less those that they give back, are there';

    -- Locks in the one order that everybody keeps: residents; venues, slots and quotas, each sorted by their key; bookings.
    -- Every row is found by its key, also while a table is small or its figures are old.
    -- Without p_waits it waits for nobody: what somebody else holds makes its plan busy, and harms no other plan.
    CREATE FUNCTION apply_booking_plans(p jsonb, p_waits boolean) RETURNS text[] LANGUAGE plpgsql SET enable_seqscan = off AS $$
    DECLARE
      total int := jsonb_array_length(p -> 'plans');
      outcomes text[] := array_fill(NULL::text, ARRAY[total]);
      candidates int[] := '{}';
      accepted int[] := '{}';
      wanted_residents uuid[] := ARRAY(SELECT r.resident FROM jsonb_to_recordset(p -> 'plans') AS r(resident uuid));
      wanted_slots uuid[] := ARRAY(SELECT r.slot FROM jsonb_to_recordset(p -> 'places') AS r(slot uuid));
      wanted_venues uuid[] := ARRAY(SELECT r.venue FROM jsonb_to_recordset(p -> 'places') AS r(venue uuid));
      residents uuid[];
      venues uuid[] := '{}';
      slots uuid[] := '{}';
      quotas text[] := '{}';
      plan record;
      share record;
      number int;
      expected int;
      done int;
    BEGIN
      IF total <> (SELECT count(DISTINCT i) FROM unnest(wanted_residents) i) THEN
        RAISE EXCEPTION 'two plans for one resident';
      END IF;
      IF p_waits THEN
        residents := ARRAY(SELECT id FROM resident WHERE id = ANY (wanted_residents) ORDER BY id FOR NO KEY UPDATE);
        IF wanted_slots <> '{}' THEN
          venues := ARRAY(SELECT id FROM venue WHERE id = ANY (wanted_venues) ORDER BY id FOR KEY SHARE);
          slots := ARRAY(SELECT id FROM slot WHERE id = ANY (wanted_slots) ORDER BY id FOR KEY SHARE);
        END IF;
        quotas := ARRAY(
          SELECT q.slot_id || q.channel FROM slot_quota q
           WHERE (q.slot_id, q.channel) IN (SELECT r.slot, r.channel FROM jsonb_to_recordset(p -> 'seats') AS r(slot uuid, channel text))
           ORDER BY q.slot_id, q.channel FOR NO KEY UPDATE);
      ELSE
        residents := ARRAY(SELECT id FROM resident WHERE id = ANY (wanted_residents) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED);
        IF wanted_slots <> '{}' THEN
          venues := ARRAY(SELECT id FROM venue WHERE id = ANY (wanted_venues) ORDER BY id FOR KEY SHARE SKIP LOCKED);
          slots := ARRAY(SELECT id FROM slot WHERE id = ANY (wanted_slots) ORDER BY id FOR KEY SHARE SKIP LOCKED);
        END IF;
        quotas := ARRAY(
          SELECT q.slot_id || q.channel FROM slot_quota q
           WHERE (q.slot_id, q.channel) IN (SELECT r.slot, r.channel FROM jsonb_to_recordset(p -> 'seats') AS r(slot uuid, channel text))
           ORDER BY q.slot_id, q.channel FOR NO KEY UPDATE SKIP LOCKED);
      END IF;

      -- A statement of its own, so that it sees what those committed who had the locks before.
      FOR plan IN
        SELECT r.n,
          CASE
            WHEN r.resident <> ALL (residents)
              OR EXISTS (SELECT 1 FROM jsonb_to_recordset(p -> 'places') AS w(n int, slot uuid, venue uuid)
                          WHERE w.n = r.n AND (w.slot <> ALL (slots) OR w.venue <> ALL (venues)))
              OR EXISTS (SELECT 1 FROM jsonb_to_recordset(p -> 'seats') AS w(n int, slot uuid, channel text)
                          WHERE w.n = r.n AND w.slot || w.channel <> ALL (quotas)) THEN 'busy'
            WHEN o.xmin::text <> r.row_version
              OR r.seen <> (SELECT coalesce(jsonb_object_agg(b.id, b.version), '{}') FROM booking b
                             WHERE b.resident_id = r.resident AND b.state IN ('held', 'confirmed', 'attended'))
              OR EXISTS (SELECT 1 FROM jsonb_to_recordset(p -> 'places') AS w(n int, slot uuid) JOIN slot s ON s.id = w.slot JOIN venue v ON v.id = s.venue_id
                          WHERE w.n = r.n AND (s.stopped OR NOT v.active)) THEN 'changed'
          END AS trouble
          FROM jsonb_to_recordset(p -> 'plans') AS r(n int, resident uuid, row_version text, seen jsonb)
          LEFT JOIN resident o ON o.id = r.resident
      LOOP
        IF plan.trouble IS NULL THEN
          candidates := candidates || plan.n;
        ELSE
          outcomes[plan.n + 1] := plan.trouble;
        END IF;
      END LOOP;

      IF booking_seats_fit(p, candidates) THEN
        accepted := candidates;
      ELSE
        FOREACH number IN ARRAY candidates LOOP
          IF booking_seats_fit(p, accepted || number) THEN
            accepted := accepted || number;
          ELSE
            outcomes[number + 1] := 'full';
          END IF;
        END LOOP;
      END IF;
      IF accepted = '{}' THEN
        RETURN outcomes;
      END IF;

      UPDATE slot_quota q SET taken = q.taken + d.more
        FROM (SELECT r.slot, r.channel, sum(r.more)::int AS more
                FROM jsonb_to_recordset(p -> 'seats') AS r(n int, slot uuid, channel text, more int)
               WHERE r.n = ANY (accepted) GROUP BY 1, 2) d
       WHERE q.slot_id = d.slot AND q.channel = d.channel AND d.more <> 0;
      IF p -> 'shares' IS NOT NULL THEN
        FOR share IN
          SELECT r.slot, r.channel, r.code, sum(r.more)::int AS more
            FROM jsonb_to_recordset(p -> 'shares') AS r(n int, slot uuid, channel text, code text, more int)
           WHERE r.n = ANY (accepted) GROUP BY 1, 2, 3 HAVING sum(r.more) <> 0
        LOOP
          UPDATE slot_share SET taken = taken + share.more
           WHERE slot_id = share.slot AND channel = share.channel AND code = share.code;
          IF NOT FOUND THEN
            INSERT INTO slot_share (slot_id, channel, code, taken) VALUES (share.slot, share.channel, share.code, share.more);
          END IF;
        END LOOP;
      END IF;
      IF p -> 'opened' IS NOT NULL THEN
        SELECT count(*) INTO expected FROM jsonb_to_recordset(p -> 'opened') AS r(n int) WHERE r.n = ANY (accepted);
        DELETE FROM slot_cooling c USING jsonb_to_recordset(p -> 'opened') AS r(n int, booking uuid)
         WHERE c.booking_id = r.booking AND r.n = ANY (accepted);
        GET DIAGNOSTICS done = ROW_COUNT;
        IF done <> expected THEN
          RAISE EXCEPTION 'a seat was opened meanwhile' USING ERRCODE = 'serialization_failure';
        END IF;
      END IF;

      -- First what ends, so that its place is free; then what begins; then what goes on.
      FOR this_round IN 0 .. coalesce((SELECT max(r.round) FROM jsonb_to_recordset(p -> 'steps') AS r(round int)), 0) LOOP
        IF p -> 'steps' IS NOT NULL THEN
          SELECT count(*) INTO expected FROM jsonb_to_recordset(p -> 'steps') AS r(n int, round int)
           WHERE r.n = ANY (accepted) AND r.round = this_round;
          IF expected > 0 THEN
            UPDATE booking b SET state = r.state, version = r.version, end_reason = r.reason, replaced_by = r."replacedBy", updated_at = r.at,
                programme_version_id = r."programmeVersion",
                reference = r.reference,
                sealed_answers = CASE WHEN r.answers IS NULL THEN b.sealed_answers ELSE decode(r.answers, 'base64') END,
                telephone_key = CASE WHEN r.answers IS NULL THEN b.telephone_key ELSE r.telephone END
              FROM jsonb_to_recordset(p -> 'steps') AS r(n int, round int, id uuid, version int, state text, reason text, "replacedBy" uuid,
                "programmeVersion" uuid, reference text, answers text, telephone bigint, at timestamptz)
             WHERE b.id = r.id AND b.version = r.version - 1 AND r.n = ANY (accepted) AND r.round = this_round;
            GET DIAGNOSTICS done = ROW_COUNT;
            IF done <> expected THEN
              RAISE EXCEPTION 'a booking was changed meanwhile' USING ERRCODE = 'serialization_failure';
            END IF;
          END IF;
        END IF;
        IF this_round = 0 AND p -> 'holds' IS NOT NULL THEN
          INSERT INTO booking (id, programme_id, programme_version_id, resident_id, dose, slot_id, channel, state, version, hold_expires_at,
              replaces, changes, created_at, updated_at, group_code, share_code, pair_of)
          SELECT r.id, r.programme, r."programmeVersion", r.resident, r.dose, r.slot, r.channel, 'held', 1, r."expiresAt",
              r.replaces, r.changes, r.at, r.at, r."group", r.share, r.pair
            FROM jsonb_to_recordset(p -> 'holds') AS r(n int, id uuid, programme uuid, "programmeVersion" uuid, resident uuid, dose int, slot uuid,
              channel text, "expiresAt" timestamptz, replaces uuid, changes int, at timestamptz, "group" text, share text, pair uuid)
           WHERE r.n = ANY (accepted);
        END IF;
      END LOOP;

      INSERT INTO booking_event (booking_id, version, type, at, actor, reason, facts, delivered_at)
      SELECT r.booking, r.version, r.type, r.at, r.actor, r.reason, r.facts, CASE WHEN r.delivered THEN r.at END
        FROM jsonb_to_recordset(p -> 'events') AS r(n int, booking uuid, version int, type text, at timestamptz, actor text, reason text,
          facts jsonb, delivered boolean)
       WHERE r.n = ANY (accepted);
      IF p -> 'cooled' IS NOT NULL THEN
        INSERT INTO slot_cooling (booking_id, slot_id, channel, share_code, reopens_at)
        SELECT r.booking, r.slot, r.channel, r.share, r."reopensAt"
          FROM jsonb_to_recordset(p -> 'cooled') AS r(n int, booking uuid, slot uuid, channel text, share text, "reopensAt" timestamptz)
         WHERE r.n = ANY (accepted);
      END IF;
      IF p -> 'keys' IS NOT NULL THEN
        INSERT INTO idempotency_key (resident_id, key, operation, response)
        SELECT r.resident, r.key, r.operation, jsonb_build_object('bookingId', r.booking)
          FROM jsonb_to_recordset(p -> 'keys') AS r(n int, resident uuid, key text, operation text, booking uuid)
         WHERE r.n = ANY (accepted);
      END IF;
      FOREACH number IN ARRAY accepted LOOP
        outcomes[number + 1] := 'done';
      END LOOP;
      RETURN outcomes;
    END $$;
    COMMENT ON FUNCTION apply_booking_plans IS 'by plan: done, or changed (what it rests on), full (no seat), busy (another transaction has it)';
  `);
}
