import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'

export interface Import {
  /** As written: `../wire/mac.js`, `node:fs`, `chalk`. */
  readonly specifier: string
  /** The imported file within this tree, null for packages. */
  readonly file: string | null
  /** Gone after compilation. */
  readonly typeOnly: boolean
  /** By `import()`, where it is needed. */
  readonly lazy: boolean
}

export interface Source {
  readonly path: string
  readonly imports: readonly Import[]
  /** Uses of clock, process, console and chance, as `Date.now`, `new Date()`, `process` …, with their lines. */
  readonly impurities: readonly string[]
  /** String literals and the fixed parts of templates, each as `PATH:LINE TEXT`. */
  readonly texts: readonly string[]
}

const GLOBALS = new Set(['process', 'console', 'performance', 'fetch', 'setTimeout', 'setInterval', 'setImmediate'])
const MEMBERS = new Set(['Date.now', 'Math.random'])

/** Every TypeScript file below the folders, parsed. */
export function readSources(folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readSource(join(folder, name))),
  )
}

function readSource(path: string): Source {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const imports: Import[] = []
  const impurities: string[] = []
  const texts: string[] = []
  const at = (node: ts.Node) => `${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
  const visit = (node: ts.Node): void => {
    const specifier = importedBy(node)
    if (specifier) imports.push({ ...specifier, file: fileOf(path, specifier.specifier) })
    const impurity = impurityOf(node)
    if (impurity) impurities.push(`${at(node)} ${impurity}`)
    if (ts.isStringLiteralLike(node) || isTemplatePart(node)) texts.push(`${at(node)} ${node.text}`)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { path, imports, impurities, texts }
}

function isTemplatePart(node: ts.Node): node is ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail {
  return ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)
}

function importedBy(node: ts.Node): Omit<Import, 'file'> | null {
  if (ts.isImportDeclaration(node))
    return { specifier: textOf(node.moduleSpecifier), typeOnly: isTypeOnly(node), lazy: false }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { specifier: textOf(node.moduleSpecifier), typeOnly: node.isTypeOnly, lazy: false }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: textOf(node.argument.literal), typeOnly: true, lazy: false }
  }
  const isCall = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
  return isCall && node.arguments[0] ? { specifier: textOf(node.arguments[0]), typeOnly: false, lazy: true } : null
}

/** `import type {…}`, or `import {type A, type B}`. */
function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false
  if (importClause.isTypeOnly) return true
  const { name, namedBindings } = importClause
  if (name || !namedBindings || !ts.isNamedImports(namedBindings)) return false
  return namedBindings.elements.every((element) => element.isTypeOnly)
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : node.getText()
}

function fileOf(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? normalize(join(dirname(from), specifier)).replace(/(\.js)?$/, '.ts') : null
}

function impurityOf(node: ts.Node): string | null {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'new Date()'
  if (ts.isPropertyAccessExpression(node) && MEMBERS.has(node.getText())) return node.getText()
  if (!ts.isIdentifier(node) || !GLOBALS.has(node.text) || isName(node)) return null
  return node.text
}

/** The identifier names a member, a property or a declaration, and is no use of the global. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node
  return (
    (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodDeclaration(parent)) &&
    parent.name === node
  )
}
