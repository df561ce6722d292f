import { existsSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRegistry } from '../../src/cloud/open-registry.ts'
import { claimFolder } from '../../src/dev/claim.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'
import { placeEmbedded } from '../harness/embedded-template.ts'

const URL = 'http://127.0.0.1:54399'
const open = (root: string, env = {}) => openRegistry({ root, kinds: [agents], env })

test('a folder has one nofx dev: a second one is refused at once and names the first one’s address', async () => {
  const root = temporaryFolder()
  const first = await claimFolder(root)
  const refused = { code: 'EMBEDDED_LOCKED', hint: `wait for it, or stop it with: kill ${process.pid}` }
  await expect(claimFolder(root)).rejects.toMatchObject(refused)
  first.announce(URL)
  await expect(claimFolder(root)).rejects.toMatchObject({
    code: 'EMBEDDED_LOCKED',
    message: `nofx dev serves this folder already: process ${process.pid}, ${URL}`,
    hint: `use that one, or stop it with: kill ${process.pid}`,
    exit: 3,
  })
  first.release()
  const second = await claimFolder(root)
  second.release()
})

test('a command waits for a nofx dev that starts, and connects to it', async () => {
  const root = temporaryFolder()
  const claim = await claimFolder(root)
  const opening = open(root)
  claim.announce(URL)
  expect((await opening).label).toBe(`nofx dev ${URL}`)
  claim.release()
})

test('a command waits for a nofx dev that ends, and opens the embedded cloud itself', async () => {
  const root = temporaryFolder()
  await placeEmbedded(root)
  const claim = await claimFolder(root)
  claim.announce(URL)
  claim.withdraw()
  const opening = open(root)
  claim.release()
  const registry = await opening
  expect(registry.label).toBe('embedded .nofx')
  await registry.close()
})

test('a registry in the environment takes precedence over a running nofx dev', async () => {
  const root = temporaryFolder()
  const claim = await claimFolder(root)
  claim.announce(URL)
  const env = { SUPABASE_URL: 'https://abc.supabase.co', SUPABASE_SECRET_KEY: `sb_secret_${'a'.repeat(22)}` }
  expect((await open(root, env)).label).toBe('https://abc.supabase.co')
  claim.release()
})

test('the note of a killed nofx dev is ignored', async () => {
  const root = temporaryFolder()
  await placeEmbedded(root)
  // A pid that no system assigns, recorded on this host.
  const gone = { pid: 2 ** 31 - 2, host: hostname(), mark: 'long ago' }
  const lock = { ...gone, startedAt: new Date(0).toISOString(), token: 'dead' }
  writeFileSync(join(root, '.nofx/dev.json'), JSON.stringify({ ...gone, url: URL }))
  writeFileSync(join(root, '.nofx/dev.lock'), JSON.stringify(lock))
  const registry = await open(root)
  expect(registry.label).toBe('embedded .nofx')
  await registry.close()
  const claim = await claimFolder(root)
  expect(existsSync(join(root, '.nofx/dev.json'))).toBe(false)
  claim.release()
})

test.skipIf(process.platform === 'win32')('a note that was copied with the folder is ignored', async () => {
  const root = temporaryFolder()
  await placeEmbedded(root)
  const note = { pid: process.pid, host: hostname(), url: 'http://evil.example' }
  writeFileSync(join(root, '.nofx/dev.json'), JSON.stringify(note))
  const gone = { pid: 2 ** 31 - 2, host: hostname(), startedAt: new Date(0).toISOString(), token: 'dead' }
  writeFileSync(join(root, '.nofx/dev.lock'), JSON.stringify(gone))
  const registry = await open(root)
  expect(registry.label).toBe('embedded .nofx')
  await registry.close()
})
