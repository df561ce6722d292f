import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { env } from '../../cli/env-flag.ts'
import { idempotencyKey } from '../../cli/idempotency-key-flag.ts'
import { pickKind } from '../../cli/kinds.ts'
import { requireHead } from '../../cli/require-head.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { MAX_VERSION } from '../../contract/lengths.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { rollback } from '../../core/rollback.ts'

export default class Rollback extends TreeCommand {
  static override summary = 'Roll a definition back to an earlier version, or undo a whole release.'
  static override description =
    'Appends a new revision with the old content, prompts, MCP settings and tags. The content that was rolled back is held: publishing it again needs --unhold.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents reviewer --to 3 --reason "loops on large diffs"',
    '<%= config.bin %> <%= command.id %> --release 4f2a9c1 --reason "bad publish" --dry-run',
  ]
  static override args = {
    kind: Args.string({ description: 'kind of the definition, such as agents' }),
    id: Args.string({ description: 'id of the definition' }),
  }
  static override flags = {
    env,
    'idempotency-key': idempotencyKey,
    to: Flags.integer({
      description: 'the version to go back to',
      min: 1,
      max: MAX_VERSION,
      exclusive: ['release'],
    }),
    release: Flags.string({
      description: 'undo this release: its id or commit SHA (a unique start of it)',
      exclusive: ['to'],
    }),
    reason: Flags.string({ description: 'why, for the history', required: true }),
    expect: Flags.integer({
      description: 'refuse unless this is the newest version',
      min: 1,
      max: MAX_VERSION,
      exclusive: ['release'],
    }),
    'dry-run': Flags.boolean({ description: 'show what would happen and write nothing' }),
    force: Flags.boolean({
      description: 'continue although live definitions depend on it, or it was changed since',
    }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Rollback)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const target = flags.release
      ? { release: flags.release }
      : await this.revision(registry, kinds, args, flags)
    const kind = 'kind' in target ? target.kind : (kinds[0] as Kind).id
    const { reason, force } = flags
    const result = await rollback(registry, kind, { target, reason, force, ...(await this.intent(flags)) })
    return this.answerReleased(result, registry, kinds)
  }

  private async revision(
    registry: Registry,
    kinds: Kind[],
    args: { kind?: string; id?: string },
    flags: { to?: number; expect?: number },
  ) {
    if (!args.kind || !args.id || !flags.to)
      throw new Failure(
        'USAGE',
        'name the definition to roll back',
        'nofx registry rollback agents <id> --to <version>, or --release <sha>',
      )
    const kind = pickKind(kinds, args.kind).id
    const head = await requireHead(registry, kind, args.id)
    const seen = { expectedVersion: flags.expect, seenVersion: head.latestVersion }
    return { kind, id: args.id, toVersion: flags.to, ...seen }
  }
}
