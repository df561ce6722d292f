import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { findDeno } from '../../src/dev/find-deno.ts'
import { packAgent } from '../cloud/support/definitions.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'
import { release, type ServedRegistry, serveRegistry } from './support/served-registry.ts'

let served: ServedRegistry
beforeAll(async () => {
  served = await serveRegistry()
})
afterAll(() => served.close())

/** The example as its users have it: in a folder of its own, with this package as built in its `node_modules`. */
function placeExample(): string {
  const folder = temporaryFolder()
  cpSync('examples/worker', folder, { recursive: true })
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(resolve('.'), join(folder, 'node_modules/nofx'))
  return folder
}

test.each([
  ['node', async () => [process.execPath]],
  ['deno', async () => [(await findDeno())!, 'run', '-A', '--node-modules-dir=manual']],
])(
  'the example runs in %s: it shows an agent, then a change of it, and ends on Ctrl-C',
  async (id, runtime) => {
    await release(served.registry, [packAgent(id, 'You work.\n')])
    const [command = '', ...args] = await runtime()
    const { url, keys } = served
    const child = spawn(command, [...args, 'index.mjs', id], {
      cwd: placeExample(),
      env: { ...process.env, SUPABASE_URL: url, SUPABASE_PUBLISHABLE_KEY: keys.publishable },
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        text += data
      })
    const ended = new Promise((done) => child.once('close', done))
    await expect.poll(() => text, { timeout: 60_000 }).toContain('You work.')
    await release(served.registry, [packAgent(id, 'You work well.\n')])
    await expect.poll(() => text, { timeout: 60_000 }).toContain('You work well.')
    child.kill('SIGINT')
    expect(await ended).toBe(0)
    expect(text).toContain(`${id} v2 `)
    expect(text).not.toMatch(/warn|going on/i)
  },
)
