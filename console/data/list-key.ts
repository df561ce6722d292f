import { keyOf } from './past.ts'

/** Rows of one request: 10,000 definitions are twenty of them. */
export const ROWS = 500

/** The key of a list of definitions. */
export const listKey = (kind: string, filters: { at?: string }, limit = ROWS): readonly unknown[] =>
  keyOf(filters.at, 'definitions', kind, filters, limit)
