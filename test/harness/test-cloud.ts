import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cloud, openCloud } from '../../src/cloud/embedded/open-cloud.ts'
import { type CloudDatabase, openedDatabase } from './cloud-database.ts'
import type { Query } from './database.ts'
import { placeEmbedded } from './embedded-template.ts'

/** A cloud in this process, with all migrations and nothing in it. */
export interface TestCloud {
  cloud: Cloud
  /** Runs a statement as the owner of the database. */
  query: Query
  /** The folder of the registry. */
  root: string
  close(): Promise<void>
}

/**
 * A cloud whose database is on the server of this test run. It behaves as on PGlite, and opens and answers in a tenth
 * of the processor time: tests that are not about `.nofx/` use it.
 */
export async function openServerCloud(database?: CloudDatabase): Promise<TestCloud> {
  const root = mkdtempSync(join(tmpdir(), 'nofx-cloud-'))
  const { url, query, drop } = database ?? (await openedDatabase())
  const cloud = await openCloud({ root, databaseUrl: url })
  const close = async () => {
    await cloud.close()
    await drop()
    rmSync(root, { recursive: true })
  }
  return { cloud, query, root, close }
}

/** A cloud on PGlite, in `.nofx/` of a temporary folder. */
export async function openPgliteCloud(): Promise<TestCloud> {
  const root = mkdtempSync(join(tmpdir(), 'nofx-cloud-'))
  await placeEmbedded(root)
  const cloud = await openCloud({ root })
  const query: Query = async <R>(text: string, values: readonly unknown[] = []) =>
    (await cloud.app.connection.exec<{ rows: R[] }>(text, ...values)).rows
  const close = async () => {
    await cloud.close()
    rmSync(root, { recursive: true })
  }
  return { cloud, query, root, close }
}
