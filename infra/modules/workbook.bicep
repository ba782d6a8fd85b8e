@description('Name shown in the portal.')
param displayName string

@description('Region of the workbook.')
param location string

@description('Tags of every resource of this deployment.')
param tags object

@description('Application Insights component that it shows.')
param insightsId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'linkflow-workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: displayName
    category: 'workbook'
    version: '1.0'
    sourceId: insightsId
    serializedData: loadTextContent('../workbook.json')
  }
}
