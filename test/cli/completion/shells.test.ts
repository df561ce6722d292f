import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SHELLS, type ShellName } from '../../../src/cli/completion/shells.ts'

const has = (shell: string) => spawnSync(shell, ['--version']).error === undefined
const missing = Object.keys(SHELLS).filter((shell) => !has(shell))
if (missing.length) console.warn(`skipped: completion in ${missing.join(' and ')}, which are not here`)

/** The candidates that each shell shows from its script at TAB after the words of a line. */
const ASK: Record<ShellName, (script: string, words: string) => string> = {
  bash: (script, words) => `${script}
COMP_WORDS=(${words}); COMP_CWORD=${words.split(' ').length - 1}; _nofx nofx
printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (script, words) => `compdef() { :; }; _describe() { print -l -- "\${found[@]}"; }
${script}
words=(${words}); CURRENT=${words.split(' ').length}; _nofx`,
  fish: (script, words) => `${script}
complete -C '${words}'`,
}

const LINES = [
  ['nofx registry rollback agents tri', 'triager'],
  ['nofx registry rollback agents/tri', 'agents/triager'],
] as const

describe('the TAB key', () => {
  let bin: string
  beforeAll(() => {
    bin = mkdtempSync(join(tmpdir(), 'nofx-completion-'))
    const program = join(bin, 'nofx')
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${resolve('bin/run.js')}' "$@"\n`)
    chmodSync(program, 0o755)
  })
  afterAll(() => rmSync(bin, { recursive: true }))

  it.each(Object.keys(SHELLS).filter(has) as ShellName[])(
    'TAB in %s offers the candidates of the CLI',
    (shell) => {
      const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, HOME: bin }
      const script = execFileSync('nofx', ['completion', shell], { env, encoding: 'utf8' })
      expect(script).toBe(`${SHELLS[shell].script}\n`)
      for (const [line, found] of LINES) {
        const offered = execFileSync(shell, ['-c', ASK[shell](script, line)], { env, encoding: 'utf8' })
        expect(offered).toBe(`${found}\n`)
      }
    },
  )
})
