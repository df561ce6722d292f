import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import { optionalDefinitionArgs, wordsOf } from '../../cli/definition/definition-args.ts'
import { buildHeadDocument } from '../../cli/definition/head-document.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { pickScope, type Scope } from '../../cli/definition/scope.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { presentHeads } from '../../cli/present/heads.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'
import type { Kind } from '../../contract/kind.ts'
import { buildCover } from '../../core/publish/cover.ts'
import type { Head, Registry } from '../../core/registry/registry.ts'

export default class List extends BaseCommand {
  static override summary = 'List what the registry holds.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> agents --state active --search review --json',
  ]
  static override args = optionalDefinitionArgs
  static override flags = {
    env,
    ...screenFlags,
    state: Flags.option({
      description: 'only definitions in this state (removed ones are listed only when asked for)',
      options: ['draft', 'active', 'deprecated', 'disabled', 'removed'] as const,
    })(),
    tag: Flags.string({ description: 'only definitions with this tag' }),
    provides: Flags.string({ description: 'only definitions that offer this, such as a skill id' }),
    search: Flags.string({ description: 'only definitions whose id, name or summary contains this' }),
  }

  async run(): Promise<Answer<'registry list'>> {
    const { args, flags } = await this.parse(List)
    const kinds = await this.kinds()
    const scope = pickScope(kinds, wordsOf(args), 'registry list')
    const registry = await this.registry(kinds)
    const heads = await this.heads(registry, kinds, scope)
    const matchingHeads = heads.filter((head) => matches(head, flags))
    const document = { heads: matchingHeads.map(buildHeadDocument) }
    return this.answer(document, presentHeads(matchingHeads, this.screen, heads.length))
  }

  private async heads(registry: Registry, kinds: Kind[], scope: Scope): Promise<Head[]> {
    const all = (await Promise.all(scope.kinds.map((kind) => registry.heads(kind.id)))).flat()
    const heads = all.filter(buildCover(scope))
    const [name] = heads.length === 0 ? (scope.only ?? []) : []
    if (name === undefined) return heads
    const [kind = '', id = ''] = name.split('/')
    return [await requireHead(registry, kind, id, kinds)]
  }
}

interface Filters {
  state?: string
  tag?: string
  provides?: string
  search?: string
}

function matches(head: Head, { state, tag, provides, search }: Filters): boolean {
  if (state ? head.state !== state : head.state === 'removed') return false
  if (tag && !head.description.tags.includes(tag)) return false
  if (provides && !head.description.provides.includes(provides)) return false
  const text = `${head.id} ${head.description.name} ${head.description.summary}`.toLowerCase()
  return !search || text.includes(search.toLowerCase())
}
