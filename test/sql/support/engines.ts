import { afterAll, beforeAll, describe } from 'vitest'
import type { DatabaseOptions, TestDatabase } from '../../harness/database.ts'
import { createPgliteDatabase } from '../../harness/pglite.ts'
import { createDatabase } from '../../harness/postgres.ts'

export const ENGINES = [
  { engine: 'PGlite', create: createPgliteDatabase },
  { engine: 'PostgreSQL', create: createDatabase },
]

/** Runs a suite on both engines, with one database for all its tests. */
export function onBothEngines(
  name: string,
  suite: (db: () => TestDatabase) => void,
  options?: DatabaseOptions,
): void {
  describe.each(ENGINES)(`${name} on $engine`, ({ create }) => {
    let db: TestDatabase
    beforeAll(async () => {
      db = await create(options)
    })
    afterAll(() => db.drop())
    suite(() => db)
  })
}
