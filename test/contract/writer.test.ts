import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

/**
 * Only src/files opens, makes, renames or links files for writing: what is safe there is safe for every file that somebody
 * names. To open a file for reading is to call `open` with its path alone, or with O_RDONLY.
 */
const WRITING =
  /^(appendFile|chmod|chown|copyFile|cp|createWriteStream|fchmod|fchown|ftruncate|lchmod|lchown|link|rename|symlink|truncate|utimes|writeFile)(Sync)?$/
const OPENING = /^open(Sync|AsBlob)?$/
const FS = /^(node:)?fs(\/promises)?$/
const WRITER = /^src\/files\//

function writersIn(path: string, text = readFileSync(path, 'utf8')): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const openers = new Set<string>()
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (
      ts.isImportDeclaration(node) &&
      ts.isStringLiteral(node.moduleSpecifier) &&
      FS.test(node.moduleSpecifier.text)
    ) {
      const { namedBindings, name } = node.importClause ?? {}
      if (name || !namedBindings || !ts.isNamedImports(namedBindings)) found.push(`${path} imports all of fs`)
      else
        for (const element of namedBindings.elements) {
          const imported = (element.propertyName ?? element.name).text
          if (imported === 'promises' || WRITING.test(imported)) found.push(`${path} imports ${imported}`)
          if (OPENING.test(imported)) openers.add(element.name.text)
        }
    }
    if (isDynamicImport(node)) found.push(`${path} imports fs at run time`)
    if (ts.isCallExpression(node) && openers.has(node.expression.getText()) && !opensToRead(node)) {
      found.push(`${path}: ${node.getText()}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function isDynamicImport(node: ts.Node): boolean {
  if (!ts.isCallExpression(node)) return false
  const { expression, arguments: given } = node
  const isImport = expression.kind === ts.SyntaxKind.ImportKeyword || expression.getText() === 'require'
  return isImport && given[0] !== undefined && ts.isStringLiteralLike(given[0]) && FS.test(given[0].text)
}

function opensToRead({ arguments: [, flags] }: ts.CallExpression): boolean {
  return flags === undefined || /^['"]r['"]$|\bO_RDONLY\b/.test(flags.getText())
}

const sources = ['src', 'commands'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
)

it('no other file of the program writes files', () => {
  expect(sources.filter((path) => !WRITER.test(path)).flatMap((path) => writersIn(path))).toEqual([])
})

it('sees them where they are', () => {
  expect(sources.filter((path) => WRITER.test(path)).flatMap((path) => writersIn(path)).length).toBeGreaterThan(3)
  const fault = (text: string) => writersIn('x.ts', text)
  expect(fault("import { writeFileSync as w } from 'node:fs'")).toHaveLength(1)
  expect(fault("import * as fs from 'fs'")).toHaveLength(1)
  expect(fault("const fs = await import('node:fs/promises')")).toHaveLength(1)
  expect(fault("import { open } from 'node:fs/promises'\nopen(path, 'w')")).toHaveLength(1)
  expect(fault("import { open } from 'node:fs/promises'\nopen(path)")).toEqual([])
})
