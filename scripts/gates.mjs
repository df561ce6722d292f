// `npm run gates`: what must be true before the exit list is ticked, one command after the other. Stops at the first
// that fails, and prints a line for each.
import { spawnSync } from 'node:child_process'

const GATES = [
  ['npm', 'run', '--silent', 'typecheck'],
  ['npm', 'run', '--silent', 'lint'],
  ['npm', 'run', '--silent', 'check:deno'],
  ['npm', 'run', '--silent', 'check:vercel'],
  ['npm', 'run', '--silent', 'validate:agents'],
  ['npm', 'run', '--silent', 'validate:templates'],
  ['npm', 'run', '--silent', 'registry:publish', 'agents', '--', '--dry-run', '--allow-dirty'],
  ['npm', 'run', '--silent', 'registry:publish', 'templates', '--', '--dry-run', '--allow-dirty'],
  ['npm', 'run', '--silent', 'test', '--', '--runInBand', 'tests/integration/agentRegistry.cloud.test.ts'],
  ['npm', 'run', '--silent', 'test', '--', '--runInBand', 'tests/integration/templateCatalog.cloud.test.ts'],
]

for (const [command, ...args] of GATES) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, CI: '1' },
  })
  const name = [command, ...args].join(' ').replace(' --silent', '')
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'}  ${name}\n`)
  if (status === 0) continue
  process.stdout.write(`${stdout}${stderr}`)
  process.exitCode = 1
  break
}
