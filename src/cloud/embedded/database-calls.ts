import type { Database } from './database/database.ts'

type DirectCalls = Pick<
  Database,
  'readSizes' | 'readObject' | 'readNewest' | 'findStored' | 'storeObjects' | 'stageRows'
> & {
  readState?: Database['readState'] | undefined
}

/**
 * What the database is asked for without its REST interface.
 * @param run makes each call
 */
export function wrapCalls(
  { readSizes, readObject, readNewest, readState, findStored, storeObjects, stageRows }: DirectCalls,
  run: <T>(call: () => Promise<T>) => Promise<T>,
): DirectCalls & { readState: Database['readState'] } {
  return {
    readSizes: (bucket, names) => run(() => readSizes(bucket, names)),
    readObject: (bucket, name) => run(() => readObject(bucket, name)),
    readNewest: () => run(readNewest),
    readState: readState && (() => run(readState)),
    findStored: (bundles) => run(() => findStored(bundles)),
    storeObjects: (bucket, objects) => run(() => storeObjects(bucket, objects)),
    stageRows: (args) => run(() => stageRows(args)),
  }
}
