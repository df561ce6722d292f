import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import { env } from '../../cli/env-flag.ts'
import { pickKinds } from '../../cli/kinds.ts'
import { count, table } from '../../cli/present/table.ts'
import { nameOf } from '../../contract/name.ts'
import type { Head } from '../../core/registry/registry.ts'

export default class List extends BaseCommand {
  static override summary = 'List what the registry holds.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> agents --state active --search review --json',
  ]
  static override args = { kind: Args.string({ description: 'only this kind, such as agents' }) }
  static override flags = {
    env,
    state: Flags.option({
      description: 'only definitions in this state (removed ones are listed only when asked for)',
      options: ['draft', 'active', 'deprecated', 'disabled', 'removed'] as const,
    })(),
    tag: Flags.string({ description: 'only definitions with this tag' }),
    provides: Flags.string({ description: 'only definitions that offer this, such as a skill id' }),
    search: Flags.string({ description: 'only definitions whose id, name or summary contains this' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(List)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const picked = pickKinds(kinds, args.kind ? [args.kind] : [])
    const heads = (await Promise.all(picked.map((kind) => registry.heads(kind.id)))).flat()
    const found = heads.filter((head) => matches(head, flags))
    return this.answer({ heads: found }, this.present(found))
  }

  private present(heads: Head[]): string {
    if (heads.length === 0) return 'Nothing found.'
    const rows = heads.map((head) => [
      nameOf(head),
      head.version === null ? `draft ${head.draftVersion}` : `v${head.version}`,
      standingOf(head),
      head.commitSha.slice(0, 12),
      head.updatedAt,
      head.metadata.name,
    ])
    const heading = ['DEFINITION', 'VERSION', 'STATE', 'COMMIT', 'UPDATED', 'NAME']
    return `${table(heading, rows)}\n${count(heads.length, 'definition')}`
  }
}

/** The state, and whether an operator keeps the definition disabled or content of it is held. */
function standingOf({ state, disabled, hold }: Head): string {
  const marks = [
    ...(disabled ? ['by an operator'] : []),
    ...(hold.some((one) => !one.withdrawn) ? ['held'] : []),
  ]
  return [state, ...marks].join(', ')
}

interface Filters {
  state?: string
  tag?: string
  provides?: string
  search?: string
}

function matches(head: Head, { state, tag, provides, search }: Filters): boolean {
  if (state ? head.state !== state : head.state === 'removed') return false
  if (tag && !head.metadata.tags.includes(tag)) return false
  if (provides && !head.metadata.provides.includes(provides)) return false
  const text = `${head.id} ${head.metadata.name} ${head.metadata.summary}`.toLowerCase()
  return !search || text.includes(search.toLowerCase())
}
