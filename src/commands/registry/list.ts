import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../../cli/base-command.ts'
import { optionalDefinitionArgs, wordsOf } from '../../cli/definition/definition-args.ts'
import { lateHeadDocument } from '../../cli/definition/head-document.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { pickScope, type Scope } from '../../cli/definition/scope.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { presentHeads } from '../../cli/present/heads.ts'
import { screenFlags } from '../../cli/terminal/screen-flags.ts'
import type { Kind } from '../../contract/kind.ts'
import { keepHeld } from '../../core/held-heads.ts'
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
    owner: Flags.string({ description: 'only definitions of exactly this owner' }),
    category: Flags.string({ description: 'only definitions of exactly this category' }),
    waiting: Flags.boolean({ description: 'only definitions with a draft that waits' }),
    held: Flags.boolean({ description: 'only definitions whose newest published content is held' }),
  }

  async run(): Promise<Answer<'registry list'>> {
    const { args, flags } = await this.parse(List)
    const kinds = await this.kinds()
    const scope = pickScope(kinds, wordsOf(args), 'registry list')
    const registry = await this.registry(kinds)
    const heads = await this.heads(registry, kinds, scope)
    const plain = heads.filter((head) => matches(head, flags))
    const matchingHeads = flags.held ? await keepHeld(plain, registry) : plain
    const document = { heads: matchingHeads.map(lateHeadDocument) }
    const text = this.jsonEnabled() ? '' : presentHeads(matchingHeads, this.screen, heads.length)
    return this.answer(document, text)
  }

  private async heads(registry: Registry, kinds: Kind[], scope: Scope): Promise<Head[]> {
    const all = await registry.heads(...scope.kinds.map((kind) => kind.id))
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
  owner?: string
  category?: string
  waiting?: boolean
}

function matches(head: Head, filters: Filters): boolean {
  const { id, state, draftVersion } = head
  const { tag, provides, search, owner, category, waiting } = filters
  if (filters.state ? state !== filters.state : state === 'removed') return false
  if (waiting && draftVersion === null) return false
  // The description of one among many is parsed when it is asked for.
  if (![tag, provides, search, owner, category].some(Boolean)) return true
  const { description } = head
  if (tag && !description.tags.includes(tag)) return false
  if (provides && !description.provides.includes(provides)) return false
  if (owner && description.owner !== owner) return false
  if (category && description.facts.category !== category) return false
  const text = `${id} ${description.name} ${description.summary}`.toLowerCase()
  return !search || text.includes(search.toLowerCase())
}
