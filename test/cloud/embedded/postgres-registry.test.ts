import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedded } from '../../../src/cloud/embedded/open-embedded.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { openedDatabase } from '../../harness/cloud-database.ts'
import { describeRegistry } from '../support/registry-contract.ts'

describeRegistry('a PostgreSQL server', async () => {
  const root = mkdtempSync(join(tmpdir(), 'nofx-cloud-'))
  const database = await openedDatabase()
  const registry = await openEmbedded({ root, kinds: [agents], databaseUrl: database.url })
  const close = async () => {
    await registry.close()
    await database.drop()
    rmSync(root, { recursive: true })
  }
  return { registry, close }
})
