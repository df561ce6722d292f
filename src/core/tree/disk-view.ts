import { join } from 'node:path'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { git, splitNul } from '../git/git-command.ts'
import { below, listIndex } from '../git/git-entries.ts'
import { type DiskPlace, mayBeInGit, placeOnDisk } from '../git/git-place.ts'
import { ignoresNothing } from '../git/ignores-nothing.ts'
import { type DefinitionFolder, type DiskView, listFolders } from './collect.ts'
import { hasFileMode } from './differences.ts'
import type { TreeFiles, WorkingTree } from './tree.ts'

/**
 * The disk without the files that git ignores, which are not part of a definition. Outside of git: the disk.
 * @param reader what sees the files: rules do not see whether a file is executable
 */
export async function seenByGit(tree: WorkingTree, reader?: 'rules'): Promise<WorkingTree> {
  const view = await readView(tree, reader)
  return view ? seenAs(tree, view) : tree
}

/** The disk as a view shows it. */
export function seenAs(tree: WorkingTree, view: DiskView): WorkingTree {
  return { ...tree, files: new DiskTree(tree, view) }
}

/** What git knows about the files on disk; undefined outside of git, and if git fails. */
export async function readView(
  { root }: Pick<WorkingTree, 'root'>,
  reader?: 'rules',
): Promise<DiskView | undefined> {
  const place = placeOnDisk(root)
  if (!mayBeInGit(place)) return undefined
  if (reader === 'rules' && ignoresNothing(place)) return { ignored: new Set(), touched: new Set() }
  const { cwd, rest } = place
  const words = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z']
  const [output, fileMode] = await Promise.all([
    git(cwd, [...words, '--', rest || '.']).catch(() => undefined),
    reader === 'rules' || hasFileMode(place),
  ])
  if (output === undefined) return undefined
  const ignored = new Set(splitNul(output).map((path) => below(rest, path)))
  const touched = new Set([...ignored].map((path) => path.split('/').slice(0, 2).join('/')))
  return { ignored, touched, ...(fileMode ? {} : { executable: await executableIn(place) }) }
}

async function executableIn(place: DiskPlace): Promise<Set<string>> {
  const entries = await listIndex(place).catch(() => [])
  return new Set(entries.filter(({ mode }) => mode === 'executable').map(({ path }) => path))
}

class DiskTree implements TreeFiles {
  private readonly tree: WorkingTree
  private readonly view: DiskView

  constructor(tree: WorkingTree, view: DiskView) {
    this.tree = tree
    this.view = view
  }

  list(kind: Kind): DefinitionFolder[] {
    return listFolders(this.tree.root, this.tree.shownPath, kind, this.view)
  }

  folder(kind: Kind, id: string): DefinitionFolder {
    const { root, shownPath } = this.tree
    return {
      kind,
      id,
      dir: join(root, kind.id, id),
      shownPath: `${shownPath}/${nameOf({ kind: kind.id, id })}`,
      view: this.view,
    }
  }

  /** A working tree is not a commit. */
  holds(): boolean {
    return false
  }

  isReady(): boolean {
    return true
  }
}
