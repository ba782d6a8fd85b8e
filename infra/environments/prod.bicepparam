using '../main.bicep'

// Three zones, a copy of the data in a second region, two warm instances for requests and for orchestrations each.
param environmentName = 'prod'
param location = readEnvironmentVariable('AZURE_LOCATION', 'swedencentral')
param secondLocation = readEnvironmentVariable('AZURE_SECOND_LOCATION', 'northeurope')
param zoneRedundant = true
param privateNetwork = true
param cosmosServerless = false
param cosmosMaxThroughput = 10000
param alwaysReady = 2
param instanceMemoryMB = 2048
param maximumInstanceCount = 200
param logRetentionDays = 90
param logDailyCapGb = 20
param alertEmails = split(readEnvironmentVariable('LINKFLOW_ALERT_EMAILS'), ',')
param monthlyBudget = 2000
param budgetStart = readEnvironmentVariable('LINKFLOW_BUDGET_START', '')
param entraClientId = readEnvironmentVariable('LINKFLOW_ENTRA_CLIENT_ID', '')
param publicUrl = readEnvironmentVariable('LINKFLOW_PUBLIC_URL', '')
