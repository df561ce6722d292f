import { FOLDERS, OTHER_ROOMS, ROOMS } from '../../house/rooms.ts'
import { table } from './table.ts'

const code = (path: string) => `\`${path}\``

/** The rooms and what each may import, as test/architecture.test.ts checks. */
export function roomTable(): string {
  const arrows = (paths: readonly string[]) =>
    paths.map((path) => code(path.replace(/\/$/, ''))).join(', ') || '-'
  return table(
    ['folder', 'contents', 'may import'],
    [
      ...ROOMS.map(({ path, lives, mayImport }) => [code(path), lives, arrows(mayImport)]),
      ...Object.entries(OTHER_ROOMS).map(([path, lives]) => [code(path), lives, '']),
    ],
  )
}

/** The folders of the rooms. */
export function folderTable(): string {
  return table(
    ['folder', 'contents'],
    Object.entries(FOLDERS).map(([path, lives]) => [code(`${path}/`), lives]),
  )
}
