import type { JsonObject } from '../kind.ts'
import { APPLICATORS } from './applicators.ts'
import { ASSERTIONS } from './assertions.ts'
import { Meter, OverBudget } from './meter.ts'
import type { Resolved } from './resolve.ts'
import { type Applicator, type Fault, fail, type SchemaCall, type SchemaRun, type Way } from './run.ts'
import { type EvaluatedParts, nothingSeen, see } from './seen.ts'

/** Maximum depth of nested schemas, whether by references or by the nesting of the value. */
const DEEPEST = 800

/**
 * Applies a schema of draft 2020-12 that `checkJsonSchema` accepted.
 * @param schema a schema inside `resolved`, or its root
 * @returns the faults of the value; undefined if the answer would take more steps than the meter has
 */
export function evaluate(
  schema: unknown,
  value: unknown,
  resolved: Resolved,
  meter: Meter = new Meter(),
): Fault[] | undefined {
  const faults: Fault[] = []
  const run: SchemaRun = { apply, resolved, meter, depth: 0, faults }
  try {
    return apply(schema, value, undefined, run, undefined) ? [] : faults
  } catch (error) {
    if (error instanceof OverBudget) return undefined
    throw error
  }
}

const COMPOSING = ['$ref', 'allOf', 'anyOf', 'oneOf', 'if', 'dependentSchemas']

/**
 * The same schema, but with undeclared properties refused: those that neither the schema nor the schemas it is
 * composed of declare. A schema that already has a rule for undeclared properties is not changed.
 */
export function closeSchema(resolved: Resolved): Resolved {
  const { root } = resolved
  if (root.additionalProperties !== undefined || root.unevaluatedProperties !== undefined) return resolved
  const isComposed = COMPOSING.some((keyword) => root[keyword] !== undefined)
  const closed = { ...root, [isComposed ? 'unevaluatedProperties' : 'additionalProperties']: false }
  const targets = new Map<object, unknown>()
  for (const [holder, target] of resolved.targets)
    targets.set(holder === root ? closed : holder, target === root ? closed : target)
  return { ...resolved, root: closed, targets, tracks: resolved.tracks || isComposed }
}

function apply(
  schema: unknown,
  value: unknown,
  way: Way | undefined,
  run: SchemaRun,
  evaluated: EvaluatedParts | undefined,
): boolean {
  run.meter.spend(1)
  if (schema === true || schema === undefined) return true
  if (schema === false) return fail('false', { schema: NONE, value, way, run, evaluated })
  if (run.depth >= DEEPEST) throw new OverBudget()
  run.depth += 1
  const own = run.resolved.tracks && typeof value === 'object' ? nothingSeen() : undefined
  const fit = applyKeywords({ schema: schema as JsonObject, value, way, run, evaluated: own })
  run.depth -= 1
  if (fit && own !== undefined && evaluated !== undefined) see(evaluated, own, run.meter)
  return fit
}

const NONE: JsonObject = {}

/** Keywords that depend on what all other keywords left unevaluated. */
const LAST: ReadonlySet<string> = new Set(['unevaluatedProperties', 'unevaluatedItems'])

/** The keywords of a schema in evaluation order: cheap and telling keywords come first. */
type EvaluationStep = readonly [keyword: string, follows: Applicator]

const plans = new WeakMap<JsonObject, readonly EvaluationStep[]>()

/** The known keywords of a schema, found once for each schema: there may be thousands of unknown ones. */
function compileSteps(schema: JsonObject): readonly EvaluationStep[] {
  let plan = plans.get(schema)
  if (plan === undefined) {
    const keywords = Object.keys(schema).filter((keyword) => STEPS.has(keyword))
    const steps = keywords.map((keyword): EvaluationStep => [keyword, STEPS.get(keyword) as Applicator])
    plan = steps.sort(([a], [b]) => (RANKS.get(a) ?? 0) - (RANKS.get(b) ?? 0))
    plans.set(schema, plan)
  }
  return plan
}

const STEPS: ReadonlyMap<string, Applicator> = new Map([
  ...[...ASSERTIONS].map(([keyword, holds]): [string, Applicator] => [
    keyword,
    (want, call) => holds(want, call.value, call) || fail(keyword, call),
  ]),
  ...APPLICATORS,
])
const RANKS = new Map([...STEPS.keys()].map((keyword, rank) => [keyword, LAST.has(keyword) ? 1000 : rank]))

function applyKeywords(call: SchemaCall): boolean {
  const { schema, run } = call
  let fit = true
  for (const [keyword, follows] of compileSteps(schema)) {
    if (!fit && LAST.has(keyword)) continue
    if (follows(schema[keyword], call)) continue
    if (run.faults === undefined) return false
    fit = false
  }
  return fit
}
