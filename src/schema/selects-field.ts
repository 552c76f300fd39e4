import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** Whether the selection of this field asks for `name` directly below it, fragments, @skip and @include considered. */
export function selectsField(info: GraphQLResolveInfo, name: string): boolean {
  return info.fieldNodes.some((node) => selectsIn(node.selectionSet, name, info));
}

function selectsIn(
  selections: SelectionSetNode | undefined,
  name: string,
  info: GraphQLResolveInfo,
): boolean {
  return (
    selections?.selections.some((node) => isIncluded(node, info) && selects(node, name, info)) ??
    false
  );
}

function selects(node: SelectionNode, name: string, info: GraphQLResolveInfo): boolean {
  switch (node.kind) {
    case Kind.FIELD:
      return isNamed(node, name);
    case Kind.INLINE_FRAGMENT:
      return selectsIn(node.selectionSet, name, info);
    case Kind.FRAGMENT_SPREAD:
      return selectsIn(info.fragments[node.name.value]?.selectionSet, name, info);
  }
}

function isNamed(node: FieldNode, name: string): boolean {
  return node.name.value === name;
}

function isIncluded(node: SelectionNode, info: GraphQLResolveInfo): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, info.variableValues)?.['if'] === true)
    return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, info.variableValues)?.['if'] !== false;
}
