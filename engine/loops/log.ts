/** What the activities and loops need of a logger; pino has it. Fields never hold anything personal. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
