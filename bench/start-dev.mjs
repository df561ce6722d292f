import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Starts `nofx dev` on a database, or on the embedded one of the folder.
 * @returns its URL, once it answers, and its keys
 */
export async function startDev(bin, cwd, databaseUrl) {
  const args = [
    bin,
    'dev',
    '--port',
    '0',
    '--no-watch',
    '--json',
    ...(databaseUrl ? ['--db', databaseUrl] : []),
  ]
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, NOFX_RATE_LIMIT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let text = ''
  for await (const chunk of child.stdout) {
    text += chunk
    if (text.trimEnd().endsWith('}')) break
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  const keys = JSON.parse(readFileSync(join(cwd, '.nofx/keys.json'), 'utf8'))
  return { url: JSON.parse(text).data.url, keys, stop }
}
