// `npm run check:pre-commit`: installs this repository's last commit as pre-commit does for `language: node`, and
// runs the hook on a valid and an invalid definition. It builds from scratch, which takes half a minute and needs
// npm's registry.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'nofx-pre-commit-'))
const [clone, prefix, project] = ['clone', 'environment', 'project'].map((name) => join(folder, name))
const MANIFEST = 'packages/shared/agents/reviewer/agent.json'

try {
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', '.', clone])
  // pre_commit/languages/node.py
  const words = ['install', '--allow-git=root', '--install-links', '-g', `git+file://${clone}`]
  execFileSync('npm', words, {
    env: { ...process.env, npm_config_prefix: prefix },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  cpSync('packages', join(project, 'packages'), { recursive: true })
  expectExit(0)
  writeFileSync(
    join(project, MANIFEST),
    readFileSync(MANIFEST, 'utf8').replace('"agentId": "reviewer"', '"agentId": 7'),
  )
  expectExit(1)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function expectExit(wanted) {
  const { status, stdout, stderr } = spawnSync(join(prefix, 'bin/nofx'), ['validate', MANIFEST], {
    cwd: project,
    encoding: 'utf8',
  })
  if (status === wanted) return
  process.stdout.write(`nofx validate ended with ${status}, not ${wanted}\n${stdout}${stderr}`)
  process.exitCode = 1
}
