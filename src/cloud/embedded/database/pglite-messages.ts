/** A call of the thread in which PGlite runs. */
export type Call = { id: number } & (
  | { call: 'open'; directory: string }
  | { call: 'query'; text: string; values: unknown[] }
  | { call: 'exec'; text: string }
  | { call: 'listen'; listener: number; channel: string }
  | { call: 'unlisten'; listener: number }
  | { call: 'close' }
)

/** An error in the thread, without what cannot be copied. */
export interface ThreadError {
  name: string
  message: string
  stack: string | undefined
  facts: Readonly<Record<string, unknown>>
}

/** What a query answers; JSON is text. */
export interface QueryAnswer<Row> {
  rows: Row[]
  affectedRows?: number
  fields: { name: string; dataTypeID: number }[]
}

/** The answer to a call. */
export type ThreadAnswer = { id: number } & ({ result: unknown } | { error: ThreadError })

/** A notification of PostgreSQL. */
export interface Notification {
  listener: number
  payload: string
}
