import type { Database } from './database/database.ts'

/** What the database is asked for without its REST interface, in turn with the requests. */
export function inTurn(
  { readSizes, readNewest, readState, storeObjects, stageRows, readDocument }: Database,
  ask: <T>(work: () => Promise<T>) => Promise<T>,
): AllCalls {
  return {
    readNewest: () => ask(readNewest),
    readState: readState && (() => ask(readState)),
    readSizes: (bucket, names) => ask(() => readSizes(bucket, names)),
    storeObjects: (bucket, objects) => ask(() => storeObjects(bucket, objects)),
    stageRows: (args) => ask(() => stageRows(args)),
    readDocument: (call) => ask(() => readDocument(call)),
  }
}

type DirectCalls = Pick<Database, 'readSizes' | 'readNewest' | 'storeObjects' | 'stageRows'> & {
  readState: Database['readState']
}
type AllCalls = DirectCalls & Pick<Database, 'readDocument'>

/** The same, each noted as under way until it ends. */
export function trackAll(
  { readSizes, readNewest, readState, storeObjects, stageRows }: DirectCalls,
  tracked: <T>(work: Promise<T>) => Promise<T>,
): DirectCalls {
  return {
    readSizes: (bucket, names) => tracked(readSizes(bucket, names)),
    readNewest: () => tracked(readNewest()),
    readState: readState && (() => tracked(readState())),
    storeObjects: (bucket, all) => tracked(storeObjects(bucket, all)),
    stageRows: (args) => tracked(stageRows(args)),
  }
}
