/** The rules make their command lines as everybody else does. */
export { each, inTurn, part, parts, quoted, type ShellCommand, ShellPart, sh } from '../shell.js'
