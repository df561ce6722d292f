import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { agentFiles } from '../../../harness/project.ts'
import { ONE, type Repository } from './repository.ts'

/** A file of the definition. */
export const MORE = `${ONE}/prompts/more.md`
/** A file that no rule accepts. */
export const BAD = `${ONE}/prompts/bad.md`
/** A character that no text may contain. */
export const HIDDEN = '\u200b'

export const at = (made: Repository, path: string) => join(made.top, path)
const append = (made: Repository, path: string, text: string) => {
  mkdirSync(dirname(at(made, path)), { recursive: true })
  appendFileSync(at(made, path), text)
}
/** Writes within the size of a file, and sets its time back. */
const rewrite = (made: Repository, path: string) => {
  if (!existsSync(at(made, path))) return
  const { atime, mtime } = statSync(at(made, path))
  const text = readFileSync(at(made, path), 'utf8')
  writeFileSync(at(made, path), text.startsWith(HIDDEN) ? `One${text.slice(1)}` : `${HIDDEN}${text.slice(3)}`)
  utimesSync(at(made, path), atime, mtime)
}
/** git refuses some of these in some states. */
const git = (made: Repository, ...words: string[]) => {
  try {
    made.git(...words)
  } catch {
    // Then nothing happened.
  }
}

/** What people and tools do to a working tree, to git's own files, and to what git is told. */
export const STEPS: Record<string, (made: Repository) => void> = {
  'a file grows': (r) => append(r, MORE, `More.${HIDDEN}\n`),
  'a file changes within its size, and its time is set back': (r) => rewrite(r, MORE),
  'a file is touched': (r) => utimesSync(at(r, MORE), new Date(), new Date()),
  'a file is replaced': (r) => {
    writeFileSync(at(r, `${MORE}~`), `${HIDDEN}One.\n`)
    renameSync(at(r, `${MORE}~`), at(r, MORE))
  },
  'a file comes that git does not track': (r) => append(r, BAD, `Bad.${HIDDEN}\n`),
  'a file that git does not track changes within its size': (r) => rewrite(r, BAD),
  'a file goes that git does not track': (r) => rmSync(at(r, BAD), { force: true }),
  'an empty folder comes': (r) => mkdirSync(at(r, `${ONE}/empty`), { recursive: true }),
  'a mode changes': (r) => chmodSync(at(r, MORE), statSync(at(r, MORE)).mode & 0o100 ? 0o644 : 0o755),
  'a definition comes': (r) => void r.write(agentFiles('three', { owner: undefined })),
  'a definition goes': (r) => rmSync(at(r, 'packages/shared/agents/three'), { recursive: true, force: true }),
  'a link stands for a definition': (r) => {
    const link = at(r, 'packages/shared/agents/link')
    rmSync(link, { force: true })
    symlinkSync('one', link)
  },
  'a link goes': (r) => rmSync(at(r, 'packages/shared/agents/link'), { force: true }),
  'a repository begins in a definition': (r) => mkdirSync(at(r, `${ONE}/sub/.git`), { recursive: true }),
  'all is staged': (r) => git(r, 'add', '-A'),
  'all is committed': (r) => {
    git(r, 'add', '-A')
    git(r, 'commit', '-qm', 'change')
  },
  'the last commit is taken back softly': (r) => git(r, 'reset', '-q', '--soft', 'HEAD~1'),
  'the last commit is taken back': (r) => git(r, 'reset', '-q', '--hard', 'HEAD~1'),
  'changes are put aside': (r) => git(r, 'stash', '-q', '-u'),
  'changes come back': (r) => git(r, 'stash', 'pop', '-q'),
  'a file is not tracked any more': (r) => git(r, 'rm', '-q', '--cached', MORE),
  'git is told to overlook a file': (r) => git(r, 'update-index', '--assume-unchanged', MORE),
  'git is told to heed it': (r) => git(r, 'update-index', '--no-assume-unchanged', MORE),
  'the index is refreshed': (r) => git(r, 'status'),
  'the index is made anew': (r) => git(r, 'read-tree', 'HEAD'),
  'files are ignored by the repository': (r) => append(r, '.gitignore', 'bad.md\nthree/\n'),
  'files are ignored by a folder of definitions': (r) =>
    append(r, 'packages/shared/agents/.gitignore', 'bad.md\n'),
  'files are ignored by a definition': (r) => append(r, `${ONE}/.gitignore`, 'bad.md\n'),
  'files are ignored by this clone': (r) => append(r, '.git/info/exclude', 'bad.md\nmore.md\n'),
  'files are ignored by a file that the configuration names': (r) => {
    writeFileSync(at(r, '.git/names'), 'bad.md\n')
    git(r, 'config', 'core.excludesFile', at(r, '.git/names'))
  },
  'nothing is ignored by that file': (r) => writeFileSync(at(r, '.git/names'), '# none\n'),
  'git does not tell capital letters from others': (r) => git(r, 'config', 'core.ignoreCase', 'true'),
  'a rule converts files': (r) => append(r, '.gitattributes', '*.csv ident\n'),
  'this clone converts files': (r) => append(r, '.git/info/attributes', '*.csv text eol=crlf\n'),
  'git converts line ends': (r) => git(r, 'config', 'core.autocrlf', 'true'),
  'git converts nothing': (r) => git(r, 'config', 'core.autocrlf', 'false'),
  'files are checked out again': (r) => {
    rmSync(at(r, `${ONE}/assets`), { recursive: true, force: true })
    git(r, 'checkout', '-q', '--', ONE)
  },
  'the caches are half gone': (r) => {
    const folder = at(r, '.git/nofx')
    for (const name of existsSync(folder) ? readdirSync(folder).filter((one) => /^verdicts/.test(one)) : [])
      rmSync(join(folder, name))
  },
}
