// npm runs this before it packs a checkout, to build it. When npm installs a git repository globally, as pre-commit
// does, it runs this without installing what a build needs (npm/cli issue 8440), so that is done here first.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'

try {
  createRequire(import.meta.url).resolve('esbuild')
} catch {
  const words = ['ci', '--global=false', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', words, { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' })
}
await import('./build.mjs')
