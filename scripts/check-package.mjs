// `npm run check:package`: packs what is built, installs the package with npm outside of the repository, and compiles
// programs with it in every setting that users have. publint and "are the types wrong" check the package itself. These
// tools have a folder of their own and are installed at the first check.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tools = join(root, 'test/package/tools')
// Rolling up the types takes a minute, so all tests use one tarball.
const packed = mkdtempSync(join(tmpdir(), 'nofx-packed-'))
process.once('exit', () => rmSync(packed, { recursive: true, force: true }))

const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock']
if (!existsSync(join(tools, 'node_modules/publint'))) run('npm', install, tools)
if (!existsSync(join(root, 'dist/worker.js'))) run(process.execPath, ['scripts/build.mjs'], root)
run(process.execPath, ['scripts/pack.mjs', '--no-build', '--out', packed], root)
const tests = ['node_modules/vitest/vitest.mjs', 'run', 'test/package', '--silent=passed-only']
run(process.execPath, [...tests, ...process.argv.slice(2)], root)

function run(command, args, cwd) {
  if (process.exitCode) return
  const shell = process.platform === 'win32' && command === 'npm'
  const [tarball] = readdirSync(packed)
  const env = {
    ...process.env,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'acme/fork-of-nofx',
    NOFX_PACKAGE_TOOLS: tools,
    ...(tarball ? { NOFX_PACKED: join(packed, tarball) } : {}),
  }
  process.exitCode = spawnSync(command, args, { cwd, env, shell, stdio: 'inherit' }).status ?? 1
}
