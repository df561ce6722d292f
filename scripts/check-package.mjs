// `npm run check:package`: packs what is built, installs the package with npm outside of the repository, and compiles
// programs with it in every setting that users have. publint and "are the types wrong" check the package itself. These
// tools have a folder of their own and are installed at the first check.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tools = join(root, 'test/package/tools')

const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock']
if (!existsSync(join(tools, 'node_modules/publint'))) run('npm', install, tools)
if (!existsSync(join(root, 'dist/worker.js'))) run(process.execPath, ['scripts/build.mjs'], root)
const tests = ['node_modules/vitest/vitest.mjs', 'run', 'test/package', '--silent=passed-only']
run(process.execPath, [...tests, ...process.argv.slice(2)], root)

function run(command, args, cwd) {
  if (process.exitCode) return
  const shell = process.platform === 'win32' && command === 'npm'
  const env = { ...process.env, NOFX_PACKAGE_TOOLS: tools }
  process.exitCode = spawnSync(command, args, { cwd, env, shell, stdio: 'inherit' }).status ?? 1
}
