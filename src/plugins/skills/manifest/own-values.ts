import type { Status } from '../../../contract/kind.ts'
import type { SkillManifest } from './schema.ts'

/** What NOFX reads of a skill's `metadata`. */
export interface SkillValues {
  owner?: string
  version?: string
  status: Status
  tags: string[]
}

/** Reads the values of NOFX in `metadata`; a skill without a status is active. */
export function readOwnValues({ metadata = {} }: Pick<SkillManifest, 'metadata'>): SkillValues {
  const { 'nofx-owner': owner, 'nofx-version': version, 'nofx-status': status, 'nofx-tags': tags } = metadata
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(version === undefined ? {} : { version }),
    status: status ?? 'active',
    tags: tags?.split(' ') ?? [],
  }
}

/** The tools of `allowed-tools`: words apart by blanks or commas; what is in parentheses belongs to its tool. */
export function readTools(text = ''): string[] {
  const tools: string[] = []
  let [tool, depth] = ['', 0]
  for (const sign of `${text} `) {
    if (sign === '(') depth++
    else if (sign === ')') depth = Math.max(0, depth - 1)
    if (depth > 0 || !/[\s,]/.test(sign)) tool += sign
    else if (tool !== '') {
      tools.push(tool)
      tool = ''
    }
  }
  return tool.trim() === '' ? tools : [...tools, tool.trim()]
}
