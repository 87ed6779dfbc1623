import type { Knex } from 'knex';

/** Counts a try to log in on all of its counters in one statement. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE FUNCTION count_log_in(p_key text, p_seconds int, OUT points int, OUT expire bigint) LANGUAGE sql AS $$
      INSERT INTO login_throttle AS t (key, points, expire)
      VALUES (p_key, 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + p_seconds * 1000::bigint)
      ON CONFLICT (key) DO UPDATE SET
        points = CASE WHEN t.expire <= extract(epoch FROM clock_timestamp()) * 1000 THEN 1 ELSE t.points + 1 END,
        expire = CASE WHEN t.expire <= extract(epoch FROM clock_timestamp()) * 1000 THEN EXCLUDED.expire ELSE t.expire END
      RETURNING t.points, t.expire
    $$;
    COMMENT ON FUNCTION count_log_in IS 'one more point on a counter; one whose time is over begins again';

    -- Everybody takes the counters in this order: network, pair, coupons of the network, steps of the coupon number.
    -- A try is counted before it is verified; one that is refused is counted no further.
    CREATE FUNCTION attempt_log_in(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
    DECLARE
      now_ms bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
      counted text[] := '{}';
      reached text[] := '{}';
      counter record;
      pair record;
      step record;
      allowed int;
    BEGIN
      IF p -> 'network' IS NOT NULL THEN
        SELECT * INTO counter FROM count_log_in(p -> 'network' ->> 'key', (p ->> 'networkSeconds')::int);
        counted := counted || (p -> 'network' ->> 'key');
        IF counter.points > (p -> 'network' ->> 'failures')::int THEN
          RETURN jsonb_build_object('verdict', 'network', 'waitMs', counter.expire - now_ms, 'counted', counted, 'reached', reached);
        END IF;
        SELECT * INTO pair FROM count_log_in(p -> 'network' ->> 'pair', (p ->> 'networkSeconds')::int);
        counted := counted || (p -> 'network' ->> 'pair');
        allowed := (p -> 'network' ->> 'couponNumbers')::int;
        IF pair.points > 1 THEN
          SELECT t.points, t.expire INTO counter FROM login_throttle t WHERE t.key = p -> 'network' ->> 'coupons' AND t.expire > now_ms;
        ELSE
          SELECT * INTO counter FROM count_log_in(p -> 'network' ->> 'coupons', (p ->> 'networkSeconds')::int);
          counted := counted || (p -> 'network' ->> 'coupons');
          allowed := allowed + 1;
        END IF;
        IF counter.points > allowed THEN
          RETURN jsonb_build_object('verdict', 'network', 'waitMs', counter.expire - now_ms, 'counted', counted, 'reached', reached);
        END IF;
      END IF;
      FOR step IN SELECT * FROM jsonb_to_recordset(p -> 'steps') AS s(key text, failures int, seconds int, "lockSeconds" int) LOOP
        SELECT * INTO counter FROM count_log_in(step.key, step.seconds);
        IF counter.points > step.failures THEN
          -- The lock also holds where the process that saw the last failure died before it could lock.
          IF counter.points = step.failures + 1 THEN
            UPDATE login_throttle SET expire = now_ms + step."lockSeconds" * 1000::bigint WHERE key = step.key;
          END IF;
          -- A try during a lock is not verified, so no counter keeps it: a lock must not lengthen itself or prepare the next one.
          UPDATE login_throttle t SET points = t.points - 1
            FROM jsonb_to_recordset(p -> 'steps') AS s(key text, failures int) WHERE t.key = s.key AND s.failures < step.failures;
          RETURN jsonb_build_object('verdict', 'locked', 'waitMs', 0, 'counted', counted, 'reached', '{}'::text[]);
        END IF;
        counted := counted || step.key;
        IF counter.points = step.failures THEN
          reached := reached || step.key;
        END IF;
      END LOOP;
      RETURN jsonb_build_object('verdict', 'allowed', 'waitMs', 0, 'counted', counted, 'reached', reached);
    END $$;
    COMMENT ON FUNCTION attempt_log_in IS 'verdict: allowed, locked, network; counted: keys to be given back after a success; reached: steps whose last failure this would be';

    CREATE FUNCTION give_back_log_in(p_keys text[]) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
      k text;
    BEGIN
      FOREACH k IN ARRAY p_keys LOOP
        UPDATE login_throttle SET points = points - 1 WHERE key = k;
      END LOOP;
    END $$;
    COMMENT ON FUNCTION give_back_log_in IS 'one point less on each, in the order in which they were counted';
  `);
}
