import type { Knex } from 'knex';

/** What staff plan with: more about a venue, plans that two people can edit, and the history of seats. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE venue
      ADD COLUMN capacity_notes text NOT NULL DEFAULT '',
      ADD COLUMN citizen_notes text NOT NULL DEFAULT '';
    COMMENT ON COLUMN venue.capacity_notes IS 'for staff: how many people fit where';
    COMMENT ON COLUMN venue.citizen_notes IS 'for citizens, beside the address';

    ALTER TABLE schedule
      ADD COLUMN name text NOT NULL DEFAULT '',
      ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0),
      ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
    -- Hours by weekday instead of the same hours on some weekdays.
    UPDATE schedule SET template = jsonb_build_object(
      'week', (SELECT coalesce(jsonb_agg(jsonb_build_object('weekday', day::int, 'sessions', template -> 'sessions') ORDER BY day::int), '[]')
                 FROM jsonb_array_elements_text(template -> 'weekdays') AS day),
      'breaks', '[]'::jsonb, 'closedOnHolidays', template -> 'closedOnHolidays', 'exceptions', '[]'::jsonb,
      'blockMinutes', template -> 'blockMinutes', 'seats', template -> 'seats', 'vaccine', NULL)
     WHERE template -> 'weekdays' IS NOT NULL;
    CREATE INDEX schedule_by_venue ON schedule (venue_id, programme_id);

    ALTER TABLE slot
      ADD COLUMN vaccine text,
      ADD COLUMN set_by_hand boolean NOT NULL DEFAULT false;
    COMMENT ON COLUMN slot.set_by_hand IS 'its seats were changed one by one: making slots from the plan again leaves them, unless told otherwise';
    CREATE INDEX slot_by_venue_and_time ON slot (venue_id, starts_at);
    CREATE INDEX slot_by_schedule ON slot (schedule_id);

    CREATE TABLE slot_change (
      id uuid PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT now(),
      programme_id uuid NOT NULL REFERENCES programme,
      venue_id uuid NOT NULL,
      schedule_id uuid,
      actor_kind text NOT NULL,
      actor_id uuid,
      kind text NOT NULL CHECK (kind IN ('capacity', 'plan', 'sheet', 'plan_removed')),
      added integer NOT NULL DEFAULT 0,
      changed integer NOT NULL DEFAULT 0,
      removed integer NOT NULL DEFAULT 0,
      before jsonb,
      after jsonb
    );
    CREATE INDEX slot_change_by_venue ON slot_change (venue_id, id);
    COMMENT ON TABLE slot_change IS 'who changed the seats of a venue, when; before and after: the plan itself, where it was one';
    COMMENT ON COLUMN slot_change.venue_id IS 'no reference: the history outlives a venue that was taken away';

    CREATE TABLE slot_change_item (
      change_id uuid NOT NULL REFERENCES slot_change,
      dose smallint NOT NULL,
      starts_at timestamptz NOT NULL,
      before jsonb,
      after jsonb,
      PRIMARY KEY (change_id, dose, starts_at)
    );
    COMMENT ON COLUMN slot_change_item.before IS 'seats by channel; none: the slot was not there';

    CREATE TRIGGER slot_change_append_only BEFORE UPDATE OR DELETE ON slot_change
      FOR EACH ROW EXECUTE FUNCTION append_only();
    CREATE TRIGGER slot_change_item_append_only BEFORE UPDATE OR DELETE ON slot_change_item
      FOR EACH ROW EXECUTE FUNCTION append_only();
  `);
}
