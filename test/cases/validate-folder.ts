import { SILENT } from '../../src/core/progress.ts'
import { validate } from '../../src/core/validate/validate.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'

/** Validates a definitions root with the real kinds, as the command does, with an empty registry. */
export async function validateFolder(root: string) {
  const tree = { root, shownPath: 'shared', kinds: [skills, agents, templates] }
  const { diagnostics } = await validate(tree, { askRegistry: async () => 'missing' }, SILENT)
  const exit = diagnostics.some((finding) => finding.severity === 'error') ? 1 : 0
  return { exit, diagnostics }
}
