import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'

const MODULES = `${sep}node_modules${sep}`

/** Package managers by the lock file beside package.json; npm is the one without any of them. */
const ADD: readonly (readonly [lock: string, command: string, dev: string])[] = [
  ['pnpm-lock.yaml', 'pnpm add', '--save-dev'],
  ['yarn.lock', 'yarn add', '--dev'],
  ['bun.lock', 'bun add', '--dev'],
  ['bun.lockb', 'bun add', '--dev'],
]

/**
 * The command that gets the newest release to where this program is installed; undefined for a clone of the repository,
 * which git updates.
 * @param root the folder of the running package, without symbolic links
 */
export function updateCommand(name: string, root: string): string | undefined {
  if (basename(dirname(root)) !== 'node_modules') return undefined
  const newest = `${name}@latest`
  const project = root.slice(0, root.indexOf(MODULES))
  if (root.includes(`${sep}_npx${sep}`)) return `npx ${newest}`
  if (basename(project) === 'lib' && !existsSync(join(project, 'package.json')))
    return `npm install --global ${newest}`
  const section = findSection(name, join(project, 'package.json'))
  if (!section) return `npx ${newest}`
  const [, add, dev] = ADD.find(([lock]) => existsSync(join(project, lock))) ?? []
  // npm leaves a package in the section that lists it.
  if (!add) return `npm install ${newest}`
  return section === 'devDependencies' ? `${add} ${dev} ${newest}` : `${add} ${newest}`
}

/** The section of a package.json that lists a package. */
function findSection(name: string, path: string): 'dependencies' | 'devDependencies' | undefined {
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8'))
    if (dependencies?.[name] !== undefined) return 'dependencies'
    return devDependencies?.[name] === undefined ? undefined : 'devDependencies'
  } catch {
    return undefined
  }
}
