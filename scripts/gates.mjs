// `npm run gates`: runs every command of docs/exit-checklist.md in order, prints a line for each, and stops at the
// first failure.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))
const page = readFileSync(join('docs', 'exit-checklist.md'), 'utf8')
const commands = [...page.matchAll(/^```sh gates\n([\s\S]*?)^```$/gm)]
  .flatMap(([, block]) => block.split('\n'))
  .filter(Boolean)
if (commands.length === 0) throw new Error('docs/exit-checklist.md names no command')

for (const command of commands) {
  const started = Date.now()
  const { status, stdout, stderr } = spawnSync(command.replace(/^npm run /, 'npm run --silent '), {
    shell: true,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, CI: '1' },
  })
  const seconds = `${Math.round((Date.now() - started) / 1000)} s`.padStart(6)
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${seconds}  ${command}\n`)
  if (status === 0) continue
  process.stdout.write(`${stdout}${stderr}`)
  process.exitCode = 1
  break
}
