import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedded } from '../../../src/cloud/embedded/open-embedded.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { placeEmbedded } from '../../harness/embedded-template.ts'
import { describeRegistry } from '../support/registry-contract.ts'

describeRegistry('the embedded PGlite', async () => {
  const root = mkdtempSync(join(tmpdir(), 'nofx-cloud-'))
  await placeEmbedded(root)
  const registry = await openEmbedded({ root, kinds: [agents] })
  const close = async () => {
    await registry.close()
    rmSync(root, { recursive: true })
  }
  return { registry, close }
})
