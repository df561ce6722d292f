// What npm runs before it packs a checkout: the build. Told to install a git repository globally, as pre-commit does,
// npm runs this without having installed what a build needs (npm/cli issue 8440), so then that is done here.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'

try {
  createRequire(import.meta.url).resolve('esbuild')
} catch {
  const words = ['ci', '--global=false', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', words, { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' })
}
await import('./build.mjs')
