import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CliRun } from '../../harness/project.ts'
import { runResident } from '../../harness/resident-cli.ts'
import type { ConsoleUnderTest } from './console-under-test.ts'

const environment = { ...process.env, NO_COLOR: '1', NOFX_KEYRING: 'file', NOFX_ACTOR: 'cli@example.com' }

/** Runs a command in the folder of a console's registry, as somebody in another terminal does. */
export async function runCommand({ root, server }: ConsoleUnderTest, ...args: string[]): Promise<CliRun> {
  const { secret } = JSON.parse(readFileSync(join(root, '.nofx/keys.json'), 'utf8')) as { secret: string }
  const env = { ...environment, SUPABASE_URL: server.url, SUPABASE_SECRET_KEY: secret }
  const ran = await runResident({ args: [...args, '--json'], cwd: root, env })
  return { ...ran, json: JSON.parse(ran.stdout || 'null') }
}

/** The words of a command that the console shows, as a shell reads them. */
export function wordsOf(command: string): string[] {
  const words = execFileSync('sh', ['-c', `for word in ${command}; do printf '%s\\0' "$word"; done`])
  return words.toString().split('\0').slice(0, -1)
}
