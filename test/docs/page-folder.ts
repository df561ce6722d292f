import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Start } from './pages.ts'

/** The reader's machine: a clean HOME, the programs that tests put in place of others, and the page's folder. */
export interface PageFolder {
  home: string
  project: string
  env: NodeJS.ProcessEnv
  /** Shell commands that create the initial content of the folder. */
  prepare: string
}

export function makePageFolder(start: Start, databaseUrl: string): PageFolder {
  const home = mkdtempSync(join(tmpdir(), 'nofx-docs-'))
  const project = join(home, 'project')
  mkdirSync(project)
  writePrograms(join(home, 'bin'))
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\nname = Ada\nemail = ada@example.com\n[init]\ndefaultBranch = main\n',
  )
  if (start !== 'empty') cpSync('packages/shared', join(project, 'packages/shared'), { recursive: true })
  // Nothing from the environment of the tests except the path of the programs.
  const env = {
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
    HOME: home,
    TMPDIR: home,
    DOCS_HOME: home,
    DOCS_REPOSITORY: resolve('.'),
    NOFX_DATABASE_URL: databaseUrl,
    NO_COLOR: '1',
    GIT_CONFIG_NOSYSTEM: '1',
  }
  return { home, project, env, prepare: PREPARE[start] }
}

const COMMITTED = "git init -q && printf '.nofx/\\n' > .gitignore && git add -A && git commit -qm samples"

const PREPARE: Record<Start, string> = {
  empty: '',
  samples: COMMITTED,
  published: `${COMMITTED} && nofx registry publish`,
}

/** `nofx` and `npx nofx` call the resident CLI; `curl` reaches `nofx dev` at its real port. */
function writePrograms(bin: string): void {
  const real = `curl=$(PATH="\${PATH#*:}" command -v curl)`
  const ask = (path: string) => `${real}
dir=$({ printf '%s\\0' "$PWD" "$#" "$@"; env -0; } |
  "$curl" -sS --unix-socket "$DOCS_HOME/socket" --data-binary @- "http://docs/${path}")
cat "$dir/stdout"; cat "$dir/stderr" >&2; exit "$(cat "$dir/exit")"`
  const programs = {
    nofx: ask('run'),
    'docs-start': ask('start'),
    npx: '[ "$1" = nofx ] || { echo "tests have no npx $1" >&2; exit 97; }; shift; exec nofx "$@"',
    curl: `${real}; port=$(cat "$DOCS_HOME/port" 2>/dev/null || echo 1)
words=("\${@//localhost:54321/127.0.0.1:$port}"); exec "$curl" "\${words[@]//127.0.0.1:54321/127.0.0.1:$port}"`,
  }
  mkdirSync(bin)
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
}
