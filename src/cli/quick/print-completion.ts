import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listIds } from '../../core/tree/collect.ts'
import { definitionsRoot, type Project } from '../../core/tree/project.ts'
import { candidates, type Names, type Surface } from '../completion/candidates.ts'
import { printedCandidates, SHELLS, type ShellName } from '../completion/shells.ts'
import { usualProject } from './usual.ts'
import { writeText } from './write-text.ts'

/** What completion has to know of the commands and of nofx's own kinds; the build writes it. */
export interface CompletionSurface extends Surface {
  kinds: { id: string; singular: string }[]
}

/**
 * Prints a completion script, or the candidates for the words behind `--`, without loading oclif and the kinds. Returns false,
 * and has printed nothing, where the answer may be another one.
 * @param root the folder of the package
 * @param words of the command line, beginning with `completion`
 */
export async function printCompletion(root: string, words: readonly string[]): Promise<boolean> {
  try {
    const [, name = '', separator, ...line] = words
    const project = Object.hasOwn(SHELLS, name) && !line.includes('--json') ? usualProject() : undefined
    if (!project) return false
    const shell = SHELLS[name as ShellName]
    if (separator === undefined) return writeText(`${shell.script}\n`)
    if (separator !== '--') return false
    const surface = JSON.parse(readFileSync(join(root, 'dist/surface.json'), 'utf8')) as CompletionSurface
    const proposals = await candidates(surface, line, namesIn(project, surface))
    return proposals.length === 0 || writeText(`${printedCandidates(proposals, shell)}\n`)
  } catch {
    return false
  }
}

function namesIn(project: Project, { kinds }: CompletionSurface): Names {
  return {
    kinds: async () => kinds,
    ids: async (name) => {
      const kind = kinds.find(({ id, singular }) => name === id || name === singular)
      if (!kind) throw new Error(`the kind ${name} does not exist`)
      return listIds(definitionsRoot(project), kind)
    },
  }
}
