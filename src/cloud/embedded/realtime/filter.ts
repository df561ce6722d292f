/** A column of the table whose changes are sent, with its PostgreSQL type as the hosted service names it. */
export interface FilterColumn {
  name: string
  type: 'int4' | 'int8' | 'text' | 'timestamptz' | 'uuid'
}

export type FilterRow = Record<string, string | number | null>

/** Whether a row is wanted. */
export type Filter = (row: FilterRow) => boolean

type FilterComparison = (value: string | number, filterValues: readonly (string | number)[]) => boolean

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const first = (filterValues: readonly (string | number)[]) => filterValues[0] ?? ''

const OPERATORS: Record<string, FilterComparison> = {
  eq: (value, filterValues) => value === first(filterValues),
  neq: (value, filterValues) => value !== first(filterValues),
  lt: (value, filterValues) => value < first(filterValues),
  lte: (value, filterValues) => value <= first(filterValues),
  gt: (value, filterValues) => value > first(filterValues),
  gte: (value, filterValues) => value >= first(filterValues),
  in: (value, filterValues) => filterValues.includes(value),
}

/**
 * Parses `column=operator.value`: several filters are joined with commas, which mean "and"; `not.` negates an operator;
 * a value with commas or parentheses is in double quotes.
 * @returns the filter, or why it is invalid, in the hosted service's words where those exist
 */
export function parseFilter(text: string, columns: readonly FilterColumn[]): Filter | string {
  const conditions: Filter[] = []
  for (const part of text.trim() === '' ? [] : splitOutside(text)) {
    const condition = parseCondition(part.trim(), columns)
    if (typeof condition === 'string') return condition
    conditions.push(condition)
  }
  return (row) => conditions.every((condition) => condition(row))
}

function parseCondition(text: string, columns: readonly FilterColumn[]): Filter | string {
  const [, name = '', not, operator = '', value = ''] = /^([^=]+)=(not\.)?([a-z]+)\.(.*)$/s.exec(text) ?? []
  const compare = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined
  if (!compare) return `Error parsing \`filter\` params: ${JSON.stringify([text.slice(0, 100)])}`
  const column = columns.find((one) => one.name === name)
  if (!column) return `invalid column for filter ${name.slice(0, 100)}`
  if (operator === 'in' && !/^\(.*\)$/s.test(value))
    return 'Error parsing `filter` params: `in` filter value must be wrapped by parentheses'
  const filterValues = (operator === 'in' ? splitOutside(value.slice(1, -1)) : [value]).map((one) =>
    parseValue(unquoted(one), column),
  )
  if (filterValues.some((one) => Number.isNaN(one)))
    return `invalid input syntax for type ${column.type}: ${JSON.stringify(value.slice(0, 100))}`
  return (row) => {
    const rowValue = row[name] ?? null
    // Null is neither equal nor unequal to anything.
    return rowValue !== null && compare(parseValue(String(rowValue), column), filterValues) === !not
  }
}

/**
 * Numbers and instants are compared as numbers, texts by their code units. NaN stands for a value that cannot be read.
 */
function parseValue(text: string, { type }: FilterColumn): string | number {
  if (type === 'text') return text
  if (type === 'uuid') return UUID.test(text) ? text.toLowerCase() : Number.NaN
  if (type === 'timestamptz') return Date.parse(text)
  return /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}

/** Splits at commas outside of quotes and parentheses. */
function splitOutside(text: string): string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"|\((?:"(?:\\.|[^"\\])*"|[^()"])*\)|[^,])+/gs) ?? []
}

function unquoted(text: string): string {
  const [, inside] = /^"(.*)"$/s.exec(text) ?? []
  return inside === undefined ? text : inside.replace(/\\(.)/gs, '$1')
}
