@description('Name of the service.')
@minLength(3)
@maxLength(63)
param name string

@description('Region of the service.')
param location string

@description('Tags of every resource of this deployment.')
param tags object

@description('Free takes 20 connections; Premium is zone redundant.')
@allowed([ 'Free_F1', 'Standard_S1', 'Premium_P1' ])
param skuName string

@description('Units of 1,000 connections each.')
@allowed([ 1, 2, 5, 10, 20, 50, 100 ])
param units int

@description('May be reached from outside the virtual network. Browsers come from there, so this is on as a rule.')
param publicNetworkAccess bool

@description('Workspace that the diagnostics go to.')
param workspaceId string

resource service 'Microsoft.SignalRService/webPubSub@2024-03-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: skuName
    capacity: units
  }
  properties: {
    disableLocalAuth: true
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    tls: {
      clientCertEnabled: false
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: service
  name: 'log-analytics'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output id string = service.id
output name string = service.name
output endpoint string = 'https://${service.properties.hostName}'
