import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { idOfKind } from '../../cli/definition/definition-args.ts'
import { requireHead } from '../../cli/definition/require-head.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { pickKind } from '../../cli/kinds.ts'
import { type GivenParameters, locateParameters, readParameters } from '../../cli/parameters.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { Failure } from '../../contract/failure.ts'
import type { Definition, JsonObject } from '../../contract/kind.ts'
import {
  type InstanceAttempt,
  instanceDocument,
  instantiate,
  type MadeInstance,
  tryInstantiate,
} from '../../core/instantiate.ts'
import { printableText } from '../../core/printable.ts'
import { parameterFromText } from '../../plugins/templates/instantiate/parameter-text.ts'
import { presentDocument } from '../../plugins/templates/instantiate/present-document.ts'
import type { TemplateDefinition } from '../../plugins/templates/manifest/schema.ts'
import { readPlanDocument } from '../../worker/run/run-inputs.ts'

export default class Instantiate extends TreeCommand {
  static override summary =
    'Make a plan from a published template, checked and locked to the agents that are live now.'
  static override description =
    'The same --idempotency-key returns the same plan. Values of secret parameters are checked and not stored: pass them to the worker.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> triage --param repo=acme/app --param severity=high',
    '<%= config.bin %> <%= command.id %> triage --params run.yaml --idempotency-key ticket-4711 --json',
    '<%= config.bin %> <%= command.id %> triage --params run.yaml --dry-run',
  ]
  static override args = {
    id: Args.string({ description: 'the template, as templates/triage or triage', required: true }),
  }
  static override flags = {
    env,
    param: Flags.string({
      description: 'a parameter; values that are not text are written as JSON',
      helpValue: 'name=value',
      multiple: true,
      multipleNonGreedy: true,
      default: [],
    }),
    params: Flags.string({
      description: 'a YAML or JSON file of parameters; - is stdin',
      helpValue: 'file.yaml',
    }),
    'idempotency-key': Flags.string({
      description: 'returns the same plan when the key is repeated',
      helpValue: 'K',
    }),
    'dry-run': Flags.boolean({ description: 'print the plan and store nothing' }),
  }

  async run(): Promise<Answer<'templates instantiate'>> {
    const { args, flags } = await this.parse(Instantiate)
    const givenParameters = await readParameters(flags.param, flags.params)
    const kinds = await this.kinds()
    const registry = await this.registry(kinds)
    const kind = pickKind(kinds, 'templates')
    const id = idOfKind(kind, args.id)
    await requireHead(registry, kind.id, id, kinds)
    const { dryRun, ...intent } = await this.intent(flags)
    const parameters = (definition: Definition) => valuesFor(definition, givenParameters)
    const make = dryRun ? tryInstantiate : instantiate
    const attempt = await make(registry, { kind, id, parameters, ...intent })
    const instance = await this.requireInstance(id, attempt, givenParameters)
    return this.answer({ dryRun, ...instanceDocument(instance, kinds) }, present(instance))
  }

  /** Prints the findings about the parameters. @throws Failure FINDINGS if there is no instance */
  private async requireInstance(
    id: string,
    { findings, instance }: InstanceAttempt,
    givenParameters: GivenParameters,
  ): Promise<MadeInstance> {
    await this.printFindings(await locateParameters(findings, givenParameters))
    if (instance) return instance
    throw new Failure(
      'FINDINGS',
      `templates/${id} cannot be run with these parameters`,
      `see: nofx registry show templates/${id}`,
    )
  }
}

function valuesFor(definition: Definition, { file, flags }: GivenParameters): JsonObject {
  const values = Object.entries(flags).map(([name, text]) => [
    name,
    parameterFromText(definition as TemplateDefinition, name, text),
  ])
  return Object.fromEntries([...Object.entries(file?.values ?? {}), ...values])
}

function present({ planId, replayed, source, locks, document }: MadeInstance): string {
  const agents = locks.filter(({ kind }) => kind === 'agents')
  const lines = [
    planId
      ? `Plan ${planId}${replayed ? ' (made before with this key)' : ''}`
      : 'Dry run: nothing was stored.',
    `  template ${source.id} v${source.version} ${source.digest.slice(0, 12)}`,
    ...agents.map((one) => `  agent    ${one.id} v${one.version} ${one.digest.slice(0, 12)}`),
    presentDocument(readPlanDocument(planId ?? 'of a dry run', document)),
  ]
  return printableText(lines.join('\n'))
}
