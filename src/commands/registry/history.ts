import * as Args from '@oclif/core/args'
import { BaseCommand } from '../../cli/base-command.ts'
import { pickKind } from '../../cli/kinds.ts'
import { table } from '../../cli/present/table.ts'
import { Failure } from '../../core/failure.ts'

export default class History extends BaseCommand {
  static override summary = 'Show every revision of a definition, newest first.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents reviewer',
    '<%= config.bin %> <%= command.id %> agents reviewer --json',
  ]
  static override args = {
    kind: Args.string({ description: 'kind of the definition, such as agents', required: true }),
    id: Args.string({ description: 'id of the definition', required: true }),
  }

  async run(): Promise<object> {
    const { args } = await this.parse(History)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const kind = pickKind(kinds, args.kind).id
    const [head, revisions] = await Promise.all([
      registry.head(kind, args.id),
      registry.history(kind, args.id),
    ])
    if (!head)
      throw new Failure('NOT_FOUND', `${kind}/${args.id} is not in the registry`, 'see: nofx registry list')
    const rows = revisions.map((revision) => [
      `${revision.version}${revision.version === head.version ? '*' : ''}`,
      revision.state,
      revision.origin,
      revision.digest.slice(0, 12),
      `${revision.commit.sha.slice(0, 12)}${revision.commit.dirty ? ' (dirty)' : ''}`,
      revision.createdAt,
      revision.actor,
      revision.reason ?? '',
    ])
    const heading = ['VERSION', 'STATE', 'ORIGIN', 'DIGEST', 'COMMIT', 'AT', 'BY', 'REASON']
    return this.answer({ head, revisions }, `${table(heading, rows)}\n* live`)
  }
}
