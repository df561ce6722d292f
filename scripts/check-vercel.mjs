// `npm run check:vercel`: builds api/ and middleware.js with Vercel's own builder, without an account, and runs the
// result over HTTP (test/vercel/). The builder is large, so it has its own folder and is installed at the first
// check.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const builder = join(root, 'test/vercel/builder')
const vercel = join(builder, 'node_modules/vercel/dist/vc.js')
/** Replaces a missing linked project, so that the builder asks nothing of the network. */
const link = join(root, '.vercel/project.json')
const unlinked = { projectId: 'prj_local', orgId: 'team_local', settings: { framework: null } }

if (!existsSync(vercel))
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'], {
    cwd: builder,
  })

const output = mkdtempSync(join(tmpdir(), 'nofx-vercel-'))
const linked = existsSync(link)
try {
  if (!linked) {
    mkdirSync(dirname(link), { recursive: true })
    writeFileSync(link, JSON.stringify(unlinked))
  }
  run(process.execPath, [vercel, 'build', '--yes', '--output', output], {
    // npm ci has already been run, since this script needs its packages.
    env: { VERCEL_TELEMETRY_DISABLED: '1', VERCEL_INSTALL_COMPLETED: '1' },
  })
  run(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      'test/vercel',
      '--silent=passed-only',
      ...process.argv.slice(2),
    ],
    {
      env: { NOFX_VERCEL_OUTPUT: output },
      show: true,
    },
  )
} finally {
  if (!linked) rmSync(dirname(link), { recursive: true, force: true })
  rmSync(output, { recursive: true, force: true })
}

/** Runs a step. Its output is shown if it fails, or if the output is the purpose of the check. */
function run(command, args, { cwd = root, env = {}, show = false } = {}) {
  if (process.exitCode) return
  const stdio = show ? 'inherit' : 'pipe'
  const done = spawnSync(command, args, { cwd, stdio, encoding: 'utf8', env: { ...process.env, ...env } })
  if (done.status === 0) return
  process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}failed: ${[command, ...args].join(' ')}\n`)
  process.exitCode = 1
}
