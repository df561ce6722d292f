import { join } from 'node:path'
import { commitAll } from './commit-all.mjs'
import { generateTemplates } from './generate-templates.mjs'
import { pair } from './measure.mjs'

/** All rules on many definitions, compared with only reading and parsing the same files. */
export function measure({ project, bin, floor }) {
  const row = (what, goal, cwd, ...flags) => {
    const { ratio, ...rest } = pair(
      { args: [bin, 'validate', ...flags], cwd },
      { args: [floor, 'packages/shared'], cwd },
    )
    return {
      what: `validate, ${what}`,
      measured: `${ratio.toFixed(2)} × floor`,
      goal: `<= ${goal}, 300 MB`,
      ...rest,
    }
  }
  const templates = project(5)
  generateTemplates(join(templates, 'packages/shared'), 1_000)
  commitAll(templates)
  return [
    row('1000 agents', '2.0', project(1_000), '--no-cache'),
    row('10000 agents', '1.6', project(10_000), '--no-cache'),
    row('10000 agents again, nothing changed', '0.6', project(10_000)),
    row('1000 templates of 20 steps', '3.0', templates, '--no-cache'),
  ]
}
