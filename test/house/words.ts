import ts from 'typescript'

/** A name that a file declares, with the text of its declaration. */
export interface Declared {
  file: string
  name: string
  sort: 'type' | 'function' | 'value'
  /** Whether the body of a function is one expression that reads a property of what the function is called with. */
  readsProperty: boolean
  /** Whether it is a variable or a parameter, so that its name is nothing but a word of the code. */
  isLocal: boolean
  /** The type as it is written, or the property from which a variable takes its value. */
  written: string
}

/** Every name that a file declares: types, functions, variables, parameters and properties of types. */
export function declaredNames(file: string, text: string): Declared[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const names: Declared[] = []
  const visit = (node: ts.Node): void => {
    const { name } = node as { name?: ts.Node }
    const sort = sortDeclaration(node)
    if (sort && name && ts.isIdentifier(name)) {
      const body = sort === 'function' ? findFunction(node) : undefined
      names.push({
        file,
        name: name.text,
        sort,
        readsProperty: body ? readsProperty(body) : false,
        isLocal: sort === 'value' && !ts.isPropertySignature(node) && !ts.isPropertyDeclaration(node),
        written: readWritten(node),
      })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}

function sortDeclaration(node: ts.Node): Declared['sort'] | undefined {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node))
    return 'type'
  if (findFunction(node)) return 'function'
  const isValue =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node)
  return isValue ? 'value' : undefined
}

function readWritten(node: ts.Node): string {
  const { type, propertyName } = node as { type?: ts.Node; propertyName?: ts.Node }
  return (type ?? propertyName)?.getText() ?? ''
}

function findFunction(node: ts.Node): ts.FunctionLikeDeclaration | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node))
    return node
  const { initializer } = node as { initializer?: ts.Node }
  return initializer && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
    ? initializer
    : undefined
}

function readsProperty({ body, parameters }: ts.FunctionLikeDeclaration): boolean {
  const [only] = body && ts.isBlock(body) ? body.statements : []
  const isOne =
    body && (!ts.isBlock(body) || (body.statements.length === 1 && only && ts.isReturnStatement(only)))
  if (!isOne) return false
  const names = new Set(parameters.map(({ name }) => name.getText()))
  let reads = parameters.some(({ name }) => ts.isObjectBindingPattern(name))
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && names.has(unwrap(node.expression).getText())) reads = true
    ts.forEachChild(node, visit)
  }
  visit(body)
  return reads
}

/** The expression without parentheses and assertions of a type. */
function unwrap(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) ? unwrap(node.expression) : node
}
